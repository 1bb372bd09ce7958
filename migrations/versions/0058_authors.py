"""whose changes are in a draft and in a version

Revision: 0058, after 0057.
"""

import sqlalchemy as sa
from alembic import op


revision = '0058'
down_revision = '0057'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('flows') as flows:
        flows.add_column(sa.Column('draft_authors', sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table('flow_versions') as versions:
        versions.add_column(sa.Column('authors', sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('flow_versions') as versions:
        versions.drop_column('authors')
    with op.batch_alter_table('flows') as flows:
        flows.drop_column('draft_authors')
