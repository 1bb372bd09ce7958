"""owners hear of sales, unless they switch it off; payments remember that they were tests

Revision: 0057, after 0056.
"""

from alembic import op
import sqlalchemy as sa


revision = '0057'
down_revision = '0056'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contacts', sa.Column('sale_news', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('payments', sa.Column('is_test', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('ix_payments_settled', 'payments', ['account_id', 'settled_at'])


def downgrade() -> None:
    op.drop_index('ix_payments_settled', 'payments')
    with op.batch_alter_table('payments') as batch_op:
        batch_op.drop_column('is_test')
    with op.batch_alter_table('contacts') as batch_op:
        batch_op.drop_column('sale_news')
