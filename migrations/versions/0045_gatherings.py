"""posts that an admin forwards to a bot, until they are a course

Revision: 0045, after 0044.
"""

import sqlalchemy as sa
from alembic import op


revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'gatherings',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('bot_id', ID, nullable=False),
        sa.Column('chat_id', ID, nullable=False),
        sa.Column('slug', sa.String(64), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_gatherings'),
    )
    op.create_table(
        'gathered_posts',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('gathering_id', ID, nullable=False),
        sa.Column('message_id', ID, nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('joined', sa.Boolean(), nullable=False),
        sa.Column('same_day', sa.Boolean(), nullable=False),
        sa.Column('left_out', sa.String(32), nullable=True),
        sa.Column('post', sa.JSON(), nullable=False),
        sa.Column('file_state', sa.String(8), nullable=True),
        sa.ForeignKeyConstraint(['gathering_id'], ['gatherings.id'], name='fk_gathered_posts_gathering_id_gatherings'),
        sa.PrimaryKeyConstraint('id', name='pk_gathered_posts'),
        sa.UniqueConstraint('gathering_id', 'message_id', name='uq_gathered_posts_gathering_id_message_id'),
    )


def downgrade() -> None:
    op.drop_table('gathered_posts')
    op.drop_table('gatherings')
