"""addresses that are told what happens

Revision: 0056, after 0055.
"""

import sqlalchemy as sa
from alembic import op


revision = '0056'
down_revision = '0055'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'webhooks',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('url', sa.String(500), nullable=False),
        sa.Column('events', sa.JSON(), nullable=False),
        sa.Column('secret_sealed', sa.String(600), nullable=False),
        sa.Column('former_sealed', sa.String(600), nullable=True),
        sa.Column('former_until', TIME, nullable=True),
        sa.Column('created_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_webhooks'),
        comment='addresses that are told what happens',
    )
    op.create_index('ix_webhooks_account_id', 'webhooks', ['account_id'])
    op.create_table(
        'webhook_deliveries',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('webhook_id', ID, nullable=False),
        sa.Column('event', sa.String(40), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('state', sa.String(8), nullable=False),
        sa.Column('rounds', sa.Integer(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('at', TIME, nullable=False),
        sa.Column('tried_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ['webhook_id'], ['webhooks.id'], name='fk_webhook_deliveries_webhook_id_webhooks'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_webhook_deliveries'),
        comment='what an address was told',
    )
    op.create_index('ix_webhook_deliveries_webhook', 'webhook_deliveries', ['webhook_id', 'id'])
    op.create_index('ix_webhook_deliveries_at', 'webhook_deliveries', ['at'])


def downgrade() -> None:
    op.drop_table('webhook_deliveries')
    op.drop_table('webhooks')
