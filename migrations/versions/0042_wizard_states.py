"""where authors are with what they make step by step in a chat

Revision: 0042, after 0041.
"""

import sqlalchemy as sa
from alembic import op


revision = '0042'
down_revision = '0041'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('wizard_states',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('account_id', ID, nullable=False),
    sa.Column('bot_id', ID, nullable=False),
    sa.Column('chat_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('state', sa.JSON(), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('message_id', ID, nullable=True),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wizard_states')),
    sa.UniqueConstraint('bot_id', 'chat_id', 'kind', name=op.f('uq_wizard_states_bot_id_chat_id_kind'))
    )


def downgrade() -> None:
    op.drop_table('wizard_states')
