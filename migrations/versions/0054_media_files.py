"""files that authors have uploaded

Revision: 0054, after 0053.
"""

import sqlalchemy as sa
from alembic import op


revision = '0054'
down_revision = '0053'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'media_files',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('ref', sa.String(64), nullable=False),
        sa.Column('name', sa.String(256), nullable=False),
        sa.Column('kind', sa.String(16), nullable=False),
        sa.Column('size', ID, nullable=False),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_media_files'),
        sa.UniqueConstraint('account_id', 'ref', name='uq_media_files_account_id_ref'),
    )


def downgrade() -> None:
    op.drop_table('media_files')
