"""groups of people under a name

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table(
        'segments',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('name', sa.String(64), nullable=False),
        sa.Column('audience', sa.JSON(), nullable=False),
        sa.Column('is_live', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_segments'),
        sa.UniqueConstraint('account_id', 'name', name='uq_segments_account_id_name'),
    )
    op.create_table(
        'segment_members',
        sa.Column('id', ID, autoincrement=True, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('segment_id', ID, nullable=False),
        sa.Column('contact_id', ID, nullable=False),
        sa.ForeignKeyConstraint(['segment_id'], ['segments.id'], name='fk_segment_members_segment_id'),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name='fk_segment_members_contact_id'),
        sa.PrimaryKeyConstraint('id', name='pk_segment_members'),
        sa.UniqueConstraint('contact_id', 'segment_id', name='uq_segment_members_contact_id_segment_id'),
    )


def downgrade() -> None:
    op.drop_table('segment_members')
    op.drop_table('segments')
