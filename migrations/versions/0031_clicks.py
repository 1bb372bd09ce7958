"""tracked links of broadcasts, and who pressed what

Revision: 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'tracked_links',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('broadcast_id', ID, nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['broadcast_id'], ['broadcasts.id'], name='fk_tracked_links_broadcast_id'),
        sa.PrimaryKeyConstraint('id', name='pk_tracked_links'),
    )
    op.create_index('ix_tracked_links_broadcast_id', 'tracked_links', ['broadcast_id'])
    op.create_table(
        'broadcast_clicks',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('broadcast_id', ID, nullable=False),
        sa.Column('chat_id', ID, nullable=False),
        sa.Column('button', sa.String(32), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['broadcast_id'], ['broadcasts.id'], name='fk_broadcast_clicks_broadcast_id'),
        sa.PrimaryKeyConstraint('id', name='pk_broadcast_clicks'),
        sa.UniqueConstraint(
            'broadcast_id', 'chat_id', 'button', name='uq_broadcast_clicks_broadcast_id_chat_id_button'
        ),
    )


def downgrade() -> None:
    op.drop_table('broadcast_clicks')
    op.drop_table('tracked_links')
