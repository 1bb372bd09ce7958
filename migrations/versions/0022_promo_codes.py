"""promo codes, who has entered one, which orders took one; where the buyer of an order had come from

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
HELD = sa.text("state <> 'returned'")


def upgrade() -> None:
    op.add_column('orders', sa.Column('discount', sa.Integer(), server_default='0', nullable=False))
    op.add_column('orders', sa.Column('utm', sa.JSON(), nullable=True))
    op.create_table(
        'promo_codes',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('code', sa.String(32), nullable=False),
        sa.Column('kind', sa.String(8), nullable=False),
        sa.Column('value', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(3), nullable=True),
        sa.Column('limit_total', sa.Integer(), nullable=True),
        sa.Column('limit_person', sa.Integer(), nullable=True),
        sa.Column('taken', sa.Integer(), server_default='0', nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('tariffs', sa.JSON(), nullable=False),
        sa.Column('partner_id', ID, nullable=True),
        sa.Column('is_active', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name=op.f('fk_promo_codes_partner_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_promo_codes')),
        sa.UniqueConstraint('account_id', 'code', name=op.f('uq_promo_codes_account_id_code')),
    )
    op.create_table(
        'promo_uses',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('promo_id', ID, nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['promo_id'], ['promo_codes.id'], name=op.f('fk_promo_uses_promo_id')),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_promo_uses_order_id')),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_promo_uses_contact_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_promo_uses')),
        sa.UniqueConstraint('promo_id', 'order_id', name=op.f('uq_promo_uses_promo_id_order_id')),
    )
    op.create_index(op.f('ix_promo_uses_order_id'), 'promo_uses', ['order_id'])
    op.create_index(
        'uq_promo_uses_number', 'promo_uses', ['promo_id', 'contact_id', 'number'], unique=True,
        sqlite_where=HELD, postgresql_where=HELD,
    )
    op.create_table(
        'promo_entries',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=False),
        sa.Column('promo_id', ID, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_promo_entries_contact_id')),
        sa.ForeignKeyConstraint(['promo_id'], ['promo_codes.id'], name=op.f('fk_promo_entries_promo_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_promo_entries')),
        sa.UniqueConstraint('contact_id', name=op.f('uq_promo_entries_contact_id')),
    )


def downgrade() -> None:
    op.drop_table('promo_entries')
    op.drop_table('promo_uses')
    op.drop_table('promo_codes')
    op.drop_column('orders', 'utm')
    op.drop_column('orders', 'discount')
