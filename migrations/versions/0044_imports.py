"""what imports made of flows, so that one can be undone

Revision: 0044, after 0043.
"""

import sqlalchemy as sa
from alembic import op


revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'imports',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('flow_id', ID, nullable=False),
        sa.Column('file', sa.String(256), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('former_draft', sa.JSON(), nullable=True),
        sa.Column('former_version_id', ID, nullable=True),
        sa.Column('version_id', ID, nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['flow_id'], ['flows.id'], name='fk_imports_flow_id_flows'),
        sa.PrimaryKeyConstraint('id', name='pk_imports'),
    )
    op.create_index('ix_imports_flow_id', 'imports', ['flow_id'])


def downgrade() -> None:
    op.drop_table('imports')
