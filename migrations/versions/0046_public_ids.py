"""what accounts are called outside, and the key their rows' public ids are made with

Revision: 0046, after 0045.
"""

import base64
import secrets

import sqlalchemy as sa
from alembic import op


revision = '0046'
down_revision = '0045'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('accounts', sa.Column('public_id', sa.String(40), nullable=True))
    op.add_column('accounts', sa.Column('id_key', sa.String(32), nullable=True))
    fill()
    with op.batch_alter_table('accounts') as batch_op:
        batch_op.alter_column('public_id', existing_type=sa.String(40), nullable=False)
        batch_op.alter_column('id_key', existing_type=sa.String(32), nullable=False)
        batch_op.create_unique_constraint('uq_accounts_public_id', ['public_id'])


def fill() -> None:
    """Give each account its own."""
    connection = op.get_bind()
    accounts = sa.table('accounts', sa.column('id'), sa.column('public_id'), sa.column('id_key'))
    for number in list(connection.scalars(sa.select(accounts.c.id))):
        letters = base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()
        own = {'public_id': f'acc_{letters}', 'id_key': secrets.token_hex(16)}
        connection.execute(sa.update(accounts).where(accounts.c.id == number).values(own))


def downgrade() -> None:
    with op.batch_alter_table('accounts') as batch_op:
        batch_op.drop_constraint('uq_accounts_public_id', type_='unique')
        batch_op.drop_column('id_key')
        batch_op.drop_column('public_id')
