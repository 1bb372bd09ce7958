"""a broadcast knows which count its card waits for

Revision: 0038, after 0037.
"""

import sqlalchemy as sa
from alembic import op


revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('broadcasts', sa.Column('counting', sa.String(128), nullable=True))


def downgrade() -> None:
    op.drop_column('broadcasts', 'counting')
