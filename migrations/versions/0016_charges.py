"""what a payment is for, and what was taken off an order

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('orders', sa.Column('credit', sa.Integer(), server_default='0', nullable=False))
    op.add_column('payments', sa.Column('kind', sa.String(16), server_default='purchase', nullable=False))
    op.add_column('payments', sa.Column('subscription_id', ID, nullable=True))
    op.add_column('payments', sa.Column('key', sa.String(64), nullable=True))
    op.add_column('payments', sa.Column('method', sa.String(128), nullable=True))
    op.add_column('payments', sa.Column('method_title', sa.String(64), nullable=True))
    op.create_index('uq_payments_key', 'payments', ['account_id', 'key'], unique=True)
    op.create_index('ix_payments_subscription_id', 'payments', ['subscription_id'])


def downgrade() -> None:
    op.drop_index('ix_payments_subscription_id', 'payments')
    op.drop_index('uq_payments_key', 'payments')
    for name in ('method_title', 'method', 'key', 'subscription_id', 'kind'):
        op.drop_column('payments', name)
    op.drop_column('orders', 'credit')
