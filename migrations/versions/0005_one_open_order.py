"""one open order per person and course, and the terms it was opened under

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index('uq_orders_open')
        batch_op.add_column(sa.Column('flow_id', ID, nullable=True))
        batch_op.add_column(sa.Column('terms', sa.String(length=8), nullable=True))
    op.execute('UPDATE orders SET flow_id = (SELECT flow_id FROM tariffs WHERE tariffs.id = orders.tariff_id)')
    # Of several that are open for one course the newest stays; money for the others still counts.
    op.execute(
        "UPDATE orders SET status = 'cancelled' WHERE status = 'open' AND EXISTS ("
        "SELECT 1 FROM orders AS newer WHERE newer.status = 'open' AND newer.id > orders.id "
        "AND newer.contact_id = orders.contact_id AND newer.flow_id = orders.flow_id)"
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.alter_column('flow_id', existing_type=ID, nullable=False)
        batch_op.create_foreign_key(op.f('fk_orders_flow_id'), 'flows', ['flow_id'], ['id'])
        batch_op.create_index('uq_orders_open', ['contact_id', 'flow_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index('uq_orders_open')
        batch_op.drop_constraint(op.f('fk_orders_flow_id'), type_='foreignkey')
        batch_op.drop_column('terms')
        batch_op.drop_column('flow_id')
        batch_op.create_index('uq_orders_open', ['contact_id', 'tariff_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
