"""what the next message of a person is to be, in one table

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('awaited_inputs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bot_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('chat_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('about', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_awaited_inputs')),
    sa.UniqueConstraint('bot_id', 'chat_id', name=op.f('uq_awaited_inputs_bot_id_chat_id'))
    )
    op.drop_column('contacts', 'zone_asked_at')


def downgrade() -> None:
    op.add_column('contacts', sa.Column('zone_asked_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_table('awaited_inputs')
