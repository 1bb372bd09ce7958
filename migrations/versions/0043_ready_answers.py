"""ready answers of curators

Revision: 0043, after 0042.
"""

import sqlalchemy as sa
from alembic import op


revision = '0043'
down_revision = '0042'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'canned_replies',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('bot_id', ID, nullable=False),
        sa.Column('name', sa.String(64), nullable=False),
        sa.Column('chat_id', ID, nullable=False),
        sa.Column('message_id', ID, nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_canned_replies'),
        sa.UniqueConstraint('account_id', 'name', name='uq_canned_replies_account_id_name'),
    )


def downgrade() -> None:
    op.drop_table('canned_replies')
