// Addresses outside of Telegram: opened in a new tab after a question.

import { t } from "./i18n.js";
import { confirm, toast } from "./overlays.js";

export async function openOutside(pane, url) {
    const address = /^[a-z][a-z0-9+.-]*:/i.test(url) ? url : `https://${url}`;
    if (!/^(https?|mailto|tel):/i.test(address)) {
        toast(t("oddLink"), true);
        return;
    }
    if (await confirm(pane.node, t("openLinkAsk"), address, t("go"))) window.open(address, "_blank", "noopener");
}
