// What Telegram itself says in a chat: people coming and going, payments, topics.

import { money, t } from "../base/i18n.js";
import { nameOf } from "../page/people.js";

const who = (message) => nameOf(message.from) || message.sender_chat?.title || "";

function payment({ currency, total_amount: amount }, key, message) {
    return t(key, {
        sum: money(amount, currency),
        what: message.reply_to_message?.invoice?.title || message.what || "",
    });
}

// The first field a message has decides.
const tellers = {
    new_chat_members: (message, people) => {
        const names = people.map(nameOf).join(", ");
        return people.length === 1 && people[0].id === message.from?.id
            ? t("joined", { who: names })
            : t("added", { by: who(message), who: names });
    },
    left_chat_member: (message, gone) =>
        gone.id === message.from?.id
            ? t("left", { who: nameOf(gone) })
            : t("removed", { by: who(message), who: nameOf(gone) }),
    new_chat_title: (message, title) => t("renamed", { by: who(message), title }),
    new_chat_photo: (message) => t("newPhoto", { by: who(message) }),
    delete_chat_photo: (message) => t("noPhoto", { by: who(message) }),
    pinned_message: (message) => t("pinned", { by: who(message) }),
    migrate_to_chat_id: () => t("upgraded"),
    migrate_from_chat_id: () => t("upgraded"),
    group_chat_created: (message) => t("created", { by: who(message) }),
    supergroup_chat_created: (message) => t("created", { by: who(message) }),
    channel_chat_created: () => t("channelCreated"),
    forum_topic_created: (message, topic) => t("topicCreated", { name: topic.name }),
    forum_topic_edited: (message, topic) => t("topicEdited", { name: topic.name || "" }),
    forum_topic_closed: () => t("topicClosed"),
    forum_topic_reopened: () => t("topicReopened"),
    general_forum_topic_hidden: () => t("generalHidden"),
    general_forum_topic_unhidden: () => t("generalShown"),
    successful_payment: (message, sum) => payment(sum, "paidFor", message),
    refunded_payment: (message, sum) => payment(sum, "refunded", message),
    web_app_data: (message, data) => t("webAppData", { button: data.button_text }),
    write_access_allowed: () => t("writeAllowed"),
    users_shared: () => t("usersShared"),
    chat_shared: () => t("chatShared"),
    message_auto_delete_timer_changed: () => t("autoDelete"),
    boost_added: (message) => t("boosted", { by: who(message) }),
};

export function serviceText(message) {
    const name = Object.keys(tellers).find((field) => message[field]);
    return name ? tellers[name](message, message[name]) : "";
}
