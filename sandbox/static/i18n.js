// The words of the page, in English and Russian.

const words = {
  en: {
    title: "Sandbox", people: "People", addPerson: "Add person", firstName: "First name", lastName: "Last name",
    language: "Language", add: "Add", cancel: "Cancel", close: "Close", chats: "Chats", bots: "Bots to start",
    start: "Start", unblock: "Unblock", block: "Block the bot", leave: "Leave the group", info: "About the chat",
    write: "Message", send: "Send", attach: "Attach", reply: "Reply", cancelReply: "Do not reply", back: "Back",
    more: "More", commands: "Commands", openLink: "Open a t.me link", go: "Open", hour: "+1 h", day: "+1 day",
    realTime: "real time", moved: "The clock is moved; back to real time", edited: "edited", bot: "bot", members: "Members",
    pickChat: "Choose a chat on the left", pickPerson: "Choose one or more people above to look over their shoulders.",
    noPeople: "Nobody is here yet. Add a person, then let them write to a bot.", noChats: "No chats yet",
    nothing: "No messages yet", joined: "joined the group", left: "left the group", renamed: "named the group",
    pinned: "pinned a message", upgraded: "The group became a supergroup", service: "Service message", requested: "Your request to join was sent",
    joinedToast: "You joined the chat", offline: "The sandbox does not answer. Trying again…", noAnswer: "The bot did not answer the button",
    typing: "is typing…", sending: "is sending…", photo: "Photo", voice: "Voice message", video: "Video", video_note: "Round video",
    document: "File", audio: "Audio", animation: "Animation", sticker: "Sticker", contact: "Contact", location: "Location",
    poll: "Poll", album: "Album of pictures", samplePhoto: "Sample picture", sampleVoice: "Sample voice message",
    sampleDocument: "Sample file", sampleAlbum: "Sample album", ownFile: "File from this device", shareContact: "My phone number",
    forwarded: "Forwarded from", down: "To the newest", you: "You", links: "Invite links", waiting: "Waiting to be let in",
    blocked: "You blocked this bot", readOnly: "Only administrators write here", left_chat: "You are not in this chat", tooMany: "Up to four people at once", dice: "Dice",
    messages: "Messages",
  },
  ru: {
    title: "Песочница", people: "Люди", addPerson: "Добавить человека", firstName: "Имя", lastName: "Фамилия",
    language: "Язык", add: "Добавить", cancel: "Отмена", close: "Закрыть", chats: "Чаты", bots: "Боты, которых можно запустить",
    start: "Запустить", unblock: "Разблокировать", block: "Заблокировать бота", leave: "Выйти из группы", info: "О чате",
    write: "Сообщение", send: "Отправить", attach: "Прикрепить", reply: "Ответить", cancelReply: "Не отвечать", back: "Назад",
    more: "Ещё", commands: "Команды", openLink: "Открыть ссылку t.me", go: "Открыть", hour: "+1 ч", day: "+1 день",
    realTime: "как есть", moved: "Часы переведены; вернуть настоящее время", edited: "изменено", bot: "бот", members: "Участники",
    pickChat: "Выберите чат слева", pickPerson: "Выберите сверху одного или нескольких людей, чтобы смотреть их глазами.",
    noPeople: "Здесь пока никого нет. Добавьте человека, и пусть он напишет боту.", noChats: "Чатов пока нет",
    nothing: "Сообщений пока нет", joined: "теперь в группе", left: "больше не в группе", renamed: "переименовывает группу:",
    pinned: "закрепляет сообщение", upgraded: "Группа стала супергруппой", service: "Служебное сообщение", requested: "Заявка на вступление отправлена",
    joinedToast: "Вы в чате", offline: "Песочница не отвечает. Пробуем снова…", noAnswer: "Бот не ответил на кнопку",
    typing: "печатает…", sending: "отправляет…", photo: "Фото", voice: "Голосовое сообщение", video: "Видео", video_note: "Кружок",
    document: "Файл", audio: "Аудио", animation: "Анимация", sticker: "Стикер", contact: "Контакт", location: "Место",
    poll: "Опрос", album: "Альбом", samplePhoto: "Готовая картинка", sampleVoice: "Готовое голосовое",
    sampleDocument: "Готовый файл", sampleAlbum: "Готовый альбом", ownFile: "Файл с устройства", shareContact: "Мой номер телефона",
    forwarded: "Переслано от", down: "К последним", you: "Вы", links: "Ссылки-приглашения", waiting: "Ждут решения",
    blocked: "Вы заблокировали бота", readOnly: "Здесь пишут только администраторы", left_chat: "Вы не в этом чате", tooMany: "Не больше четырёх человек сразу", dice: "Кубик",
    messages: "Сообщения",
  },
};

const wished = new URLSearchParams(location.search).get("lang") || navigator.language || "en";
export const lang = wished.toLowerCase().startsWith("ru") ? "ru" : "en";
export const t = (key) => words[lang][key] ?? key;

const timeOf = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit" });
const dayOf = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long" });
const shortDay = new Intl.DateTimeFormat(lang, { day: "2-digit", month: "2-digit" });
const fullOf = new Intl.DateTimeFormat(lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const time = (seconds) => timeOf.format(new Date(seconds * 1000));
export const day = (seconds) => dayOf.format(new Date(seconds * 1000));
export const full = (date) => fullOf.format(date);
export const when = (seconds, now) => (day(seconds) === day(now) ? time(seconds) : shortDay.format(new Date(seconds * 1000)));
