"""a model's draft of an answer to work

Revision: 0050, after 0049.
"""

import sqlalchemy as sa
from alembic import op


revision = '0050'
down_revision = '0049'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('submissions', sa.Column('draft', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column('submissions', 'draft')
