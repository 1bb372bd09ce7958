"""a topic per student in review groups that are forums

Revision: 0048, after 0047.
"""

import sqlalchemy as sa
from alembic import op


revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('carried', sa.Column('to_thread', ID, nullable=True))
    op.add_column('groups', sa.Column('is_forum', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        'review_topics',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=False),
        sa.Column('bot_id', ID, nullable=False),
        sa.Column('chat_id', ID, nullable=False),
        sa.Column('thread', ID, nullable=True),
        sa.Column('lost', ID, nullable=True),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name='fk_review_topics_contact_id_contacts'),
        sa.PrimaryKeyConstraint('id', name='pk_review_topics'),
        sa.UniqueConstraint(
            'account_id', 'bot_id', 'chat_id', 'contact_id', name='uq_review_topics_account_id_bot_id_chat_id_contact_id'
        ),
    )
    op.create_index('ix_review_topics_contact_id', 'review_topics', ['contact_id'])
    op.create_index('ix_review_topics_thread', 'review_topics', ['bot_id', 'chat_id', 'thread'])


def downgrade() -> None:
    op.drop_table('review_topics')
    op.drop_column('groups', 'is_forum')
    op.drop_column('carried', 'to_thread')
