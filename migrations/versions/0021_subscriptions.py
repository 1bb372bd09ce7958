"""what is paid in charges: subscriptions, instalments, trials

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)
LIVE = sa.text("state <> 'ended'")


def upgrade() -> None:
    op.add_column('tariffs', sa.Column('plan', sa.JSON(), nullable=True))
    op.add_column('orders', sa.Column('plan', sa.JSON(), nullable=True))
    op.add_column('orders', sa.Column('whole', sa.Integer(), nullable=True))
    op.add_column('orders', sa.Column('replaces', sa.JSON(), nullable=True))
    op.add_column('payments', sa.Column('profile', sa.String(128), nullable=True))
    op.add_column('payments', sa.Column('renews_until', MOMENT, nullable=True))
    op.create_table(
        'subscriptions',
        sa.Column('id', ID, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=False),
        sa.Column('tariff_id', ID, nullable=False),
        sa.Column('order_id', ID, nullable=False),
        sa.Column('access_id', ID, nullable=False),
        sa.Column('plan', sa.JSON(), nullable=False),
        sa.Column('price', sa.Integer(), nullable=False),
        sa.Column('currency', sa.String(3), nullable=False),
        sa.Column('provider', sa.String(32), nullable=False),
        sa.Column('method', sa.String(128), nullable=True),
        sa.Column('method_title', sa.String(64), nullable=True),
        sa.Column('profile', sa.String(128), nullable=True),
        sa.Column('state', sa.String(16), nullable=False),
        sa.Column('anchor', sa.String(32), nullable=False),
        sa.Column('periods', sa.Integer(), nullable=False),
        sa.Column('charges', sa.Integer(), nullable=False),
        sa.Column('paid_until', MOMENT, nullable=False),
        sa.Column('warned_at', MOMENT, nullable=True),
        sa.Column('asked_at', MOMENT, nullable=True),
        sa.Column('tried_at', MOMENT, nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('is_charging', sa.Boolean(), nullable=False),
        sa.Column('cancelled_at', MOMENT, nullable=True),
        sa.Column('frozen_at', MOMENT, nullable=True),
        sa.Column('reason', sa.String(16), nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name='fk_subscriptions_contact_id'),
        sa.ForeignKeyConstraint(['tariff_id'], ['tariffs.id'], name='fk_subscriptions_tariff_id'),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name='fk_subscriptions_order_id'),
        sa.ForeignKeyConstraint(['access_id'], ['accesses.id'], name='fk_subscriptions_access_id'),
        sa.PrimaryKeyConstraint('id', name='pk_subscriptions'),
    )
    op.create_index('ix_subscriptions_contact_id', 'subscriptions', ['contact_id'])
    op.create_index('ix_subscriptions_access_id', 'subscriptions', ['access_id'])
    op.create_index(
        'uq_subscriptions_live', 'subscriptions', ['contact_id', 'tariff_id'],
        unique=True, sqlite_where=LIVE, postgresql_where=LIVE,
    )


def downgrade() -> None:
    op.drop_table('subscriptions')
    op.drop_column('payments', 'renews_until')
    op.drop_column('payments', 'profile')
    op.drop_column('orders', 'replaces')
    op.drop_column('orders', 'whole')
    op.drop_column('orders', 'plan')
    op.drop_column('tariffs', 'plan')
