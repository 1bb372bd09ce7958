"""messages are found by the beginnings of their words

Revision: 0064, after 0063. Nothing is filled in here: the words of what was said before come while the house runs.
"""

import sqlalchemy as sa
from alembic import op

from core.db.types import Key

revision = '0064'
down_revision = '0063'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'message_words',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('message_id', ID, nullable=False),
        sa.Column('word', Key, nullable=False),
        sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name='fk_message_words_message_id_messages'),
        sa.PrimaryKeyConstraint('id', name='pk_message_words'),
        sa.UniqueConstraint('message_id', 'word', name='uq_message_words_message_id_word'),
        comment='words of messages; filled some seconds after they are said',
    )
    op.create_index('ix_message_words_word', 'message_words', ['account_id', 'word', 'message_id'])


def downgrade() -> None:
    op.drop_table('message_words')
