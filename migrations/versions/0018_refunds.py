"""money that goes back, and which refund of a tariff closes the access

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

UNDER_WAY = sa.text("status IN ('asked', 'pending')")


def upgrade() -> None:
    op.add_column('tariffs', sa.Column('closes_on_refund', sa.String(8), server_default='whole', nullable=False))
    op.create_table(
        'refunds',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('payment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=False),
        sa.Column('status', sa.String(16), nullable=False),
        sa.Column('external_id', sa.String(128), nullable=True),
        sa.Column('closes', sa.Boolean(), nullable=True),
        sa.Column('by', sa.String(32), nullable=False),
        sa.Column('reason', sa.String(300), server_default='', nullable=False),
        sa.Column('checks', sa.Integer(), server_default='0', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_refunds_payment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds')),
    )
    op.create_index(op.f('ix_refunds_payment_id'), 'refunds', ['payment_id'])
    op.create_index(
        'uq_refunds_under_way', 'refunds', ['payment_id'], unique=True,
        sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY,
    )


def downgrade() -> None:
    op.drop_table('refunds')
    op.drop_column('tariffs', 'closes_on_refund')
