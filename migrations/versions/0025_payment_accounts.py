"""settings of payment providers of accounts beside the first; two of their shops may count payments alike

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OF_ALL = 'uq_payments_provider_external_id'
OF_ONE = 'uq_payments_account_id_provider_external_id'


def upgrade() -> None:
    op.create_table(
        'payment_accounts',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('provider', sa.String(32), nullable=False),
        sa.Column('sealed', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_payment_accounts'),
        sa.UniqueConstraint('account_id', 'provider', name='uq_payment_accounts_account_id_provider'),
    )
    with op.batch_alter_table('payments') as batch_op:
        batch_op.drop_constraint(OF_ALL, type_='unique')
        batch_op.create_unique_constraint(OF_ONE, ['account_id', 'provider', 'external_id'])


def downgrade() -> None:
    with op.batch_alter_table('payments') as batch_op:
        batch_op.drop_constraint(OF_ONE, type_='unique')
        batch_op.create_unique_constraint(OF_ALL, ['provider', 'external_id'])
    op.drop_table('payment_accounts')
