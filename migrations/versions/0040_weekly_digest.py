"""an owner may switch the weekly digest off

Revision: 0040, after 0039.
"""

from alembic import op
import sqlalchemy as sa


revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column('weekly_digest', sa.Boolean(), server_default=sa.true(), nullable=False)
    op.add_column('contacts', column)


def downgrade() -> None:
    with op.batch_alter_table('contacts') as batch_op:
        batch_op.drop_column('weekly_digest')
