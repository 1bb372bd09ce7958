"""the books: every sum in lines that are 0 together; what was paid before is written into them

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

# Paid before there were books: what opened an access was a sale, all else belongs to the buyer.
PAID_BEFORE = r"""
INSERT INTO ledger_entries (account_id, entry, book, amount, currency, order_id, payment_id, at)
SELECT p.account_id, 'pay\:' || p.id || '\:paid', {book}, {amount}, p.currency, p.order_id, p.id,
    coalesce(p.settled_at, p.created_at)
FROM payments p WHERE p.status = 'succeeded' AND p.amount > 0
"""
CONTRA = "CASE WHEN EXISTS (SELECT 1 FROM accesses a WHERE a.payment_id = p.id) THEN 'revenue' ELSE 'buyer' END"


def upgrade() -> None:
    op.add_column('payments', sa.Column('refunded', sa.Integer(), server_default='0', nullable=False))
    op.add_column('payments', sa.Column('fee', sa.Integer(), nullable=True))
    op.create_table(
        'ledger_entries',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('entry', sa.String(64), nullable=False),
        sa.Column('book', sa.String(16), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(3), nullable=False),
        sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('refund_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_ledger_entries_order_id')),
        sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_ledger_entries_payment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entries')),
        sa.UniqueConstraint('account_id', 'entry', 'book', name=op.f('uq_ledger_entries_account_id_entry_book')),
    )
    op.create_index(op.f('ix_ledger_entries_payment_id'), 'ledger_entries', ['payment_id'])
    op.create_index('ix_ledger_entries_at', 'ledger_entries', ['account_id', 'at'])
    op.execute(PAID_BEFORE.format(book="'provider'", amount='p.amount'))
    op.execute(PAID_BEFORE.format(book=CONTRA, amount='-p.amount'))


def downgrade() -> None:
    op.drop_table('ledger_entries')
    op.drop_column('payments', 'fee')
    op.drop_column('payments', 'refunded')
