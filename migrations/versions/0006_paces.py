"""what 429s have told: seconds of a hold, the burst of a bot's chats

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('rate_holds', sa.Column('seconds', sa.Float(), server_default='60', nullable=False))
    op.create_table('chat_bursts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('burst', sa.SmallInteger(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_bursts')),
    sa.UniqueConstraint('bot_id', name=op.f('uq_chat_bursts_bot_id'))
    )


def downgrade() -> None:
    op.drop_table('chat_bursts')
    op.drop_column('rate_holds', 'seconds')
