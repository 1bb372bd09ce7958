"""what is paid for somebody else

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("status = 'open'")
OPEN_AND_OWN = sa.text("status = 'open' AND NOT is_gift")


def _one_open_order(where: sa.TextClause) -> None:
    op.drop_index('uq_orders_open', 'orders')
    op.create_index(
        'uq_orders_open', 'orders', ['contact_id', 'flow_id'],
        unique=True, sqlite_where=where, postgresql_where=where,
    )


def upgrade() -> None:
    op.add_column('orders', sa.Column('is_gift', sa.Boolean(), server_default=sa.false(), nullable=False))
    _one_open_order(OPEN_AND_OWN)
    op.create_table(
        'gifts',
        sa.Column('id', ID, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('payment_id', ID, nullable=False),
        sa.Column('token_hash', sa.String(64), nullable=True),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('claimed_by', ID, nullable=True),
        sa.Column('claimed_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name='fk_gifts_order_id'),
        sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name='fk_gifts_payment_id'),
        sa.ForeignKeyConstraint(['claimed_by'], ['contacts.id'], name='fk_gifts_claimed_by'),
        sa.PrimaryKeyConstraint('id', name='pk_gifts'),
        sa.UniqueConstraint('order_id', name='uq_gifts_order_id'),
        sa.UniqueConstraint('account_id', 'token_hash', name='uq_gifts_account_id_token_hash'),
    )


def downgrade() -> None:
    op.drop_table('gifts')
    op.execute("UPDATE orders SET status = 'cancelled' WHERE is_gift AND status = 'open'")
    _one_open_order(OPEN)
    op.drop_column('orders', 'is_gift')
