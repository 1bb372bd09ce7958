"""answers that members are writing to people

Revision: 0061, after 0060.
"""

import sqlalchemy as sa
from alembic import op


revision = '0061'
down_revision = '0060'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'reply_drafts',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('chat_id', ID, nullable=False),
        sa.Column('author_id', ID, nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_reply_drafts'),
        sa.UniqueConstraint(
            'account_id', 'chat_id', 'author_id', name='uq_reply_drafts_account_id_chat_id_author_id'
        ),
        comment='answers that members are writing and have not sent',
    )


def downgrade() -> None:
    op.drop_table('reply_drafts')
