"""what was said may be taken back from where it was shown

Revision: 0065, after 0064.
"""

import sqlalchemy as sa
from alembic import op


revision = '0065'
down_revision = '0064'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('carried') as table:
        table.add_column(sa.Column('taken_back_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('carried') as table:
        table.drop_column('taken_back_at')
