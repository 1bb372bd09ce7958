"""refunds that somebody has to make in the provider's cabinet

Revision: 0063, after 0062.
"""

import sqlalchemy as sa
from alembic import op


revision = '0063'
down_revision = '0062'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index("status IN ('asked', 'pending', 'by_hand')")


def downgrade() -> None:
    op.execute("UPDATE refunds SET status = 'asked' WHERE status = 'by_hand'")
    _index("status IN ('asked', 'pending')")


def _index(under_way: str) -> None:
    op.drop_index('uq_refunds_under_way', table_name='refunds')
    op.create_index(
        'uq_refunds_under_way',
        'refunds',
        ['payment_id'],
        unique=True,
        sqlite_where=sa.text(under_way),
        postgresql_where=sa.text(under_way),
    )
