// Who works here and as what; somebody new comes by a link that is good once.
import { Button, Card, CopyButton, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useAccount } from "../../api/session";
import { change, useThings } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";

type Member = { id: string; name: string; role: string; roles: string[] };
type Invitation = { link: string; expires_at: string };
const ROLES = ["owner", "admin", "author", "curator", "operator", "analyst", "partner"] as const;

export function TeamPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const permissions = useAccount(account)?.permissions ?? [];
  const mayChange = permissions.includes("members.change");
  const offered = ROLES.filter((role) => role !== "owner" || permissions.includes("members.own"));
  const query = useThings<Member>(account, "members");
  return (
    <Loaded query={query}>
      {(members) => (
        <Stack>
          <Cards label={t("settings.part.team")}>
            {members.map((member) => (
              <Card key={member.id} component="li" withBorder p="sm">
                <Group justify="space-between">
                  <Stack gap={0} miw={0}>
                    <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                      {member.name}
                    </Text>
                    <Text size="sm">{member.roles.map((role) => t(`settings.team.role.${role}`)).join(", ")}</Text>
                  </Stack>
                  {mayChange && (
                    <Group gap="xs">
                      <ChangeRole account={account} member={member} roles={offered} />
                      <Asked
                        label={t("settings.team.remove")}
                        text={t("settings.team.remove-what", { name: member.name })}
                        yes={t("settings.team.remove-yes")}
                        act={() => change(account, "DELETE", `members/${member.id}`)}
                      />
                    </Group>
                  )}
                </Group>
              </Card>
            ))}
          </Cards>
          {mayChange && (
            <Group>
              <Invite account={account} roles={offered} />
            </Group>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function RoleSelect({ roles, value, onChange }: { roles: readonly string[]; value: string; onChange: (role: string) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      label={t("settings.team.as")}
      description={t(`settings.team.does.${value}`)}
      allowDeselect={false}
      data={roles.map((role) => ({ value: role, label: t(`settings.team.role.${role}`) }))}
      value={value}
      onChange={(chosen) => chosen && onChange(chosen)}
    />
  );
}

function ChangeRole({ account, member, roles }: { account: string; member: Member; roles: readonly string[] }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [role, setRole] = useState(member.role);
  const save = useAct({ mutationFn: () => change(account, "PATCH", `members/${member.id}`, { role }), onSuccess: close });
  return (
    <>
      <Button size="xs" variant="default" onClick={ask}>
        {t("settings.team.change")}
      </Button>
      <Modal opened={open} onClose={close} title={member.name} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          <RoleSelect roles={roles} value={role} onChange={setRole} />
          {save.error && <Failure error={save.error} onAgain={() => save.mutate()} />}
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            {t("settings.save")}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}

function Invite({ account, roles }: { account: string; roles: readonly string[] }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [role, setRole] = useState("curator");
  const invite = useAct({ mutationFn: () => change<Invitation>(account, "POST", "members/invitations", { role }) });

  function choose(next: string) {
    setRole(next);
    invite.reset(); // a link is for the role it was made for
  }

  return (
    <>
      <Button onClick={ask}>{t("settings.team.invite")}</Button>
      <Modal opened={open} onClose={close} title={t("settings.team.invite")} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          <RoleSelect roles={roles} value={role} onChange={choose} />
          {invite.error && <Failure error={invite.error} onAgain={() => invite.mutate()} />}
          {invite.data ? (
            <>
              <TextInput label={t("settings.team.link")} readOnly value={invite.data.link} />
              <Text size="sm">
                {t("settings.team.link-until")} <Moment at={invite.data.expires_at} />
              </Text>
              <CopyButton value={invite.data.link}>
                {({ copied, copy }) => <Button onClick={copy}>{t(copied ? "settings.copied" : "settings.copy")}</Button>}
              </CopyButton>
            </>
          ) : (
            <Button loading={invite.isPending} onClick={() => invite.mutate()}>
              {t("settings.team.make-link")}
            </Button>
          )}
        </Stack>
      </Modal>
    </>
  );
}
