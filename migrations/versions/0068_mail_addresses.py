"""e-mail addresses of people who want letters

Revision: 0068, after 0067.
"""

import sqlalchemy as sa
from alembic import op

from core.db.types import Id, UtcDateTime


revision = '0068'
down_revision = '0067'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'mail_addresses',
        sa.Column('id', Id, autoincrement=True, nullable=False),
        sa.Column('account_id', Id, nullable=False),
        sa.Column('contact_id', Id, nullable=False),
        sa.Column('address', sa.String(length=254), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=False),
        sa.Column('is_confirmed', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('is_always', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('asked_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['contact_id'], ['contacts.id'], name=op.f('fk_mail_addresses_contact_id_contacts')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_addresses')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_mail_addresses_token_hash')),
        sa.UniqueConstraint('account_id', 'contact_id', name=op.f('uq_mail_addresses_account_id_contact_id')),
        comment='where somebody wants letters; they have said so twice once it is confirmed',
    )


def downgrade() -> None:
    op.drop_table('mail_addresses')
