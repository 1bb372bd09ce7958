"""what people say to each other through a bot, in one table for talks, work, questions and answers

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOVE = """
    INSERT INTO carried (account_id, bot_id, about, side, chat_id, message_id, content, to_chat_id, to_message_id, edited, at)
    SELECT said.account_id, talk.bot_id, 'talk:' || CAST(said.handoff_id AS VARCHAR(20)), said.side, said.chat_id,
        said.message_id, COALESCE(said.edited, said.content), COALESCE(said.to_chat_id, 0), said.to_message_id,
        said.edited IS NOT NULL, said.at
    FROM handoff_messages AS said JOIN handoffs AS talk ON talk.id = said.handoff_id ORDER BY said.id
"""


def upgrade() -> None:
    op.create_table('carried',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('bot_id', ID, nullable=False),
    sa.Column('about', sa.String(length=64), nullable=False),
    sa.Column('side', sa.String(length=8), nullable=False),
    sa.Column('ref', sa.String(length=64), nullable=True),
    sa.Column('quoted', ID, nullable=True),
    sa.Column('heading', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('chat_id', ID, nullable=False),
    sa.Column('message_id', ID, nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('album', sa.String(length=64), nullable=True),
    sa.Column('led_by', ID, nullable=True),
    sa.Column('leaves_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('to_chat_id', ID, nullable=False),
    sa.Column('to_message_id', ID, nullable=True),
    sa.Column('edited', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_carried')),
    sa.UniqueConstraint('account_id', 'about', 'chat_id', 'message_id', 'to_chat_id', name=op.f('uq_carried_account_id_about_chat_id_message_id_to_chat_id'))
    )
    op.create_index('ix_carried_said', 'carried', ['bot_id', 'chat_id', 'message_id'])
    op.create_index('ix_carried_shown', 'carried', ['bot_id', 'to_chat_id', 'to_message_id'])
    op.create_index('ix_carried_led', 'carried', ['led_by'])
    op.execute(MOVE)
    op.drop_table('handoff_messages')


def downgrade() -> None:
    op.create_table('handoff_messages',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('handoff_id', ID, nullable=False),
    sa.Column('side', sa.String(length=8), nullable=False),
    sa.Column('chat_id', ID, nullable=False),
    sa.Column('message_id', ID, nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('to_chat_id', ID, nullable=True),
    sa.Column('to_message_id', ID, nullable=True),
    sa.Column('edited', sa.JSON(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['handoff_id'], ['handoffs.id'], name=op.f('fk_handoff_messages_handoff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoff_messages')),
    sa.UniqueConstraint('handoff_id', 'chat_id', 'message_id', name=op.f('uq_handoff_messages_handoff_id_chat_id_message_id'))
    )
    op.drop_table('carried')
