"""who is in a group or channel, as far as Telegram has told

Revision: 0041, after 0040.
"""

import sqlalchemy as sa
from alembic import op



revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'group_people',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('chat_id', ID, nullable=False),
        sa.Column('telegram_id', ID, nullable=False),
        sa.Column('is_inside', sa.Boolean(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_group_people'),
        sa.UniqueConstraint(
            'account_id', 'chat_id', 'telegram_id', name='uq_group_people_account_id_chat_id_telegram_id'
        ),
    )


def downgrade() -> None:
    op.drop_table('group_people')
