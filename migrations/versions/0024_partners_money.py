"""what partners earn and are paid, and the rules for all of them

Revision: 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OPEN = sa.text("status IN ('requested')")


def upgrade() -> None:
    op.add_column('tariffs', sa.Column('commission', sa.JSON(), nullable=True))
    op.add_column('partners', sa.Column('parent_id', ID, nullable=True))
    op.create_table(
        'partner_rules',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('touch', sa.String(8), nullable=False),
        sa.Column('window_days', sa.Integer(), nullable=False),
        sa.Column('hold_days', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_partner_rules'),
        sa.UniqueConstraint('account_id', name='uq_partner_rules_account_id'),
    )
    op.create_table(
        'payouts',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('partner_id', ID, nullable=False),
        sa.Column('amount', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(3), nullable=False),
        sa.Column('status', sa.String(16), nullable=False),
        sa.Column('sealed', sa.Text(), nullable=True),
        sa.Column('admin_id', ID, nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name='fk_payouts_partner_id'),
        sa.PrimaryKeyConstraint('id', name='pk_payouts'),
    )
    op.create_index(
        'uq_payouts_open', 'payouts', ['partner_id', 'currency'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        'commissions',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('partner_id', ID, nullable=False),
        sa.Column('payment_id', ID, nullable=False),
        sa.Column('level', sa.Integer(), nullable=False),
        sa.Column('refund_id', ID, nullable=False),
        sa.Column('amount', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(3), nullable=False),
        sa.Column('status', sa.String(16), nullable=False),
        sa.Column('doubt', sa.String(16), nullable=True),
        sa.Column('payable_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('payout_id', ID, nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name='fk_commissions_partner_id'),
        sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name='fk_commissions_payment_id'),
        sa.ForeignKeyConstraint(['payout_id'], ['payouts.id'], name='fk_commissions_payout_id'),
        sa.PrimaryKeyConstraint('id', name='pk_commissions'),
        sa.UniqueConstraint('payment_id', 'level', 'refund_id', name='uq_commissions_payment_id_level_refund_id'),
    )
    op.create_index('ix_commissions_partner_id', 'commissions', ['partner_id'])
    op.create_index('ix_commissions_status', 'commissions', ['account_id', 'status'])


def downgrade() -> None:
    for name in ('commissions', 'payouts', 'partner_rules'):
        op.drop_table(name)
    op.drop_column('partners', 'parent_id')
    op.drop_column('tariffs', 'commission')
