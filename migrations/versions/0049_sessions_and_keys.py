"""sessions, codes that open one, keys, what was answered already, and what has changed

Revision: 0049, after 0048.
"""

import sqlalchemy as sa
from alembic import op


revision = '0049'
down_revision = '0048'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = sa.DateTime(timezone=True)


def table(name: str, *columns: sa.schema.SchemaItem, **more: str) -> None:
    own = sa.Column('id', ID, autoincrement=True, nullable=False), sa.Column('account_id', ID, nullable=False)
    op.create_table(name, *own, *columns, sa.PrimaryKeyConstraint('id', name=f'pk_{name}'), **more)


def upgrade() -> None:
    table(
        'sessions',
        sa.Column('telegram_id', ID, nullable=False),
        sa.Column('token_hash', sa.String(64), nullable=False),
        sa.Column('former_hash', sa.String(64), nullable=True),
        sa.Column('rotated_at', TIME, nullable=False),
        sa.Column('must_rotate', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('way', sa.String(16), nullable=False),
        sa.Column('device', sa.String(200), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('seen_at', TIME, nullable=False),
        sa.UniqueConstraint('token_hash', name='uq_sessions_token_hash'),
        comment='browsers that are signed in',
    )
    op.create_index('ix_sessions_former_hash', 'sessions', ['former_hash'])
    op.create_index('ix_sessions_telegram_id', 'sessions', ['telegram_id'])
    table(
        'login_codes',
        sa.Column('telegram_id', ID, nullable=False),
        sa.Column('code_hash', sa.String(64), nullable=False),
        sa.Column('expires_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        sa.UniqueConstraint('code_hash', name='uq_login_codes_code_hash'),
        comment='what opens a session once',
    )
    op.create_index('ix_login_codes_expires_at', 'login_codes', ['expires_at'])
    table(
        'api_keys',
        sa.Column('creator_id', ID, nullable=False),
        sa.Column('name', sa.String(64), nullable=False),
        sa.Column('permissions', sa.JSON(), nullable=False),
        sa.Column('secret_hash', sa.String(64), nullable=False),
        sa.Column('ending', sa.String(4), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('expires_at', TIME, nullable=True),
        sa.Column('used_at', TIME, nullable=True),
        sa.Column('revoked_at', TIME, nullable=True),
        sa.UniqueConstraint('secret_hash', name='uq_api_keys_secret_hash'),
    )
    op.create_index('ix_api_keys_account', 'api_keys', ['account_id', 'id'])
    table(
        'idempotency_keys',
        sa.Column('actor', sa.String(40), nullable=False),
        sa.Column('operation', sa.String(64), nullable=False),
        sa.Column('key', sa.String(200), nullable=False),
        sa.Column('body_hash', sa.String(64), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.UniqueConstraint('account_id', 'actor', 'operation', 'key', name='uq_idempotency_keys_account_id_actor_operation_key'),
        comment='what was asked for over HTTP, and what was answered',
    )
    op.create_index('ix_idempotency_keys_at', 'idempotency_keys', ['at'])
    table(
        'feed',
        sa.Column('topic', sa.String(40), nullable=False),
        sa.Column('kind', sa.String(16), nullable=False),
        sa.Column('row_id', ID, nullable=False),
        sa.Column('at', TIME, nullable=False),
        comment='which rows have changed, for who watches',
    )
    op.create_index('ix_feed_account', 'feed', ['account_id', 'id'])
    op.create_index('ix_feed_at', 'feed', ['at'])
    op.create_index('ix_members_telegram_id', 'members', ['telegram_id'])
    op.create_index('ix_contacts_account', 'contacts', ['account_id', 'id'])


def downgrade() -> None:
    op.drop_index('ix_contacts_account', 'contacts')
    op.drop_index('ix_members_telegram_id', 'members')
    for name in ('feed', 'idempotency_keys', 'api_keys', 'login_codes', 'sessions'):
        op.drop_table(name)
