// The words of the page in Russian.

export const ru = {
  // The page
  title: "Песочница", people: "Люди", screens: "Экраны", screenOf: "Экран: {name}", clock: "Часы", settings: "Настройки",
  addPerson: "Добавить человека", firstName: "Имя", lastName: "Фамилия", language: "Язык", add: "Добавить", cancel: "Отмена", close: "Закрыть", ok: "Хорошо",
  hour: "+1 ч", day: "+1 день", realTime: "сейчас", moved: "Вернуть настоящее время", itIs: "На часах {time}", today: "Сегодня",
  pickPerson: "Выберите сверху одного или нескольких людей, чтобы смотреть их глазами.", noPeople: "Здесь пока никого нет. Добавьте человека, и пусть он напишет боту.", tooMany: "Не больше четырёх человек сразу",
  offline: "Песочница не отвечает. Пробуем снова…", theme_auto: "Как в системе", theme_light: "Светлая", theme_dark: "Тёмная", otherLanguage: "In English", deletedAccount: "Удалённый аккаунт",
  // Keys
  keys: "Клавиши", keySend: "отправить; на сообщении: что с ним сделать", keyLine: "новая строка", keyEdit: "в пустом поле: изменить последнее сообщение", keyEscape: "не отвечать; назад к списку",
  keyTab: "к следующей части", keyMessages: "по сообщениям, чатам, темам", keyCommands: "в пустом поле: команды бота",
  // Trouble
  faults: "Неполадки", faultsOn: "Неполадки включены", faultsHint: "Что портится между ботами и песочницей. Действует, пока не выключить.", faultsWhat: "Что", faultsHowOften: "Как часто", percent: "{value} %",
  faultsStruck: { one: "Сработало {count} раз.", few: "Сработало {count} раза.", other: "Сработало {count} раз." },
  fault_none: "Ничего: всё в порядке", fault_busy: "Слишком много запросов: ждать 3 с", fault_broken: "Сервер не отвечает (502)", fault_lost: "Сделано, но ответ потерян", fault_cut: "Связь рвётся", fault_slow: "Медленно: по 3 с", fault_twice: "Обновления дважды и не по порядку", fault_all: "Всего понемногу",
  // The list
  chats: "Чаты", bots: "Боты, которых можно запустить", noChats: "Чатов пока нет", openLink: "Открыть ссылку t.me", go: "Открыть", unread: "непрочитанных", notStarted: "Ещё не запущен", nothing: "Сообщений пока нет", pickChat: "Выберите чат",
  // The head
  back: "Назад", more: "Ещё", info: "О чате", block: "Заблокировать бота", unblock: "Разблокировать", restart: "Запустить заново", leave: "Выйти из группы", leaveChannel: "Отписаться от канала", leaveAsk: "Чтобы вернуться, может понадобиться приглашение.", leaveYes: "Выйти",
  botLine: "бот · @{name}", blocked: "Вы заблокировали бота", memberCount: { one: "{count} участник", few: "{count} участника", other: "{count} участников" }, subscribers: { one: "{count} подписчик", few: "{count} подписчика", other: "{count} подписчиков" },
  typing: "печатает…", sending: "отправляет…", sendingPhoto: "отправляет фото…", sendingFile: "отправляет файл…", sendingVideo: "отправляет видео…", sendingVoice: "отправляет голосовое…", recordingVoice: "записывает голосовое…", recordingVideo: "записывает видео…", choosingSticker: "выбирает стикер…",
  members: "Участники", waiting: "Ждут решения", wantsIn: "просится в группу", approve: "Впустить", decline: "Отклонить", links: "Ссылки-приглашения", mainLink: "Основная ссылка",
  rank_creator: "владелец", rank_administrator: "администратор", rank_member: "участник", rank_restricted: "с ограничениями",
  topics: "Темы", allTopics: "Все", general: "Общая", closedMark: "закрыта",
  // Writing
  write: "Сообщение", send: "Отправить", attach: "Прикрепить", menu: "Меню", commands: "Команды", keyboard: "Клавиатура бота", start: "Старт", replying: "Ответ", editing: "Изменение сообщения",
  readOnly: "Здесь пишут только администраторы", notMember: "Вы не в этом чате", topicClosed: "Тема закрыта",
  ownFile: "Свой файл", samplePhoto: "Готовое фото", sampleAlbum: "Готовый альбом", sampleVoice: "Готовое голосовое", sampleNote: "Готовый кружок", sampleVideo: "Готовое видео", sampleAudio: "Готовая музыка", sampleDocument: "Готовый файл", shareContact: "Мой номер телефона",
  share: "Поделиться", sharePhone: "Поделиться номером телефона?", sharePhoneAsk: "{name} увидит номер +7 000 000-00-00.", shareLocation: "Поделиться местом?", shareLocationAsk: "{name} увидит, где вы.", notHere: "Эта кнопка работает только в приложении на телефоне",
  // Messages
  messages: "Сообщения", newMessages: "Новые сообщения", down: "К последним", you: "Вы", edited: "изменено", forwarded: "Переслано от: {name}", via: "через @{name}", replyTo: "Ответ. {name}: {text}", messageMenu: "Что сделать с сообщением",
  reply: "Ответить", edit: "Изменить", delete: "Удалить", copy: "Копировать", copyText: "Копировать текст", copied: "Скопировано", retract: "Отменить голос", react: "Реакция", reactWith: "Реакция {emoji}", reactions: "Реакции", reactionOf: { one: "{emoji}: {count} человек", few: "{emoji}: {count} человека", other: "{emoji}: {count} человек" },
  noAnswer: "Бот не ответил на кнопку", spoiler: "Скрытый текст, нажмите, чтобы прочесть", unfold: "Показать ещё", fold: "Свернуть",
  photo: "Фото", hiddenPhoto: "Скрытое фото, нажмите, чтобы увидеть", voice: "Голосовое сообщение", video: "Видео", video_note: "Кружок", document: "Файл", audio: "Музыка", animation: "Анимация", sticker: "Стикер", albumOf: { one: "Альбом: {count} файл", few: "Альбом: {count} файла", other: "Альбом: {count} файлов" },
  contact: "Контакт", location: "Место", venue: "Место", poll: "Опрос", dice: "Кубик", invoice: "Счёт", game: "Игра", story: "История", checklist: "Список дел", paid_media: "Платное медиа",
  play: "Слушать", pause: "Пауза", position: "Место в записи", save: "сохранить", cannotPlay: "Здесь это не воспроизвести", previous: "Предыдущее", next: "Следующее", B: "Б", KB: "КБ", MB: "МБ", GB: "ГБ",
  // Polls
  pollClosed: "Итоги", quiz: "Викторина", quizAnonymous: "Анонимная викторина", pollAnonymous: "Анонимный опрос", pollPublic: "Открытый опрос", vote: "Проголосовать", noVotes: "Пока никто не голосовал",
  votesCount: { one: "{count} голос", few: "{count} голоса", other: "{count} голосов" }, answersCount: { one: "{count} ответ", few: "{count} ответа", other: "{count} ответов" }, yourChoice: "ваш выбор", right: "верно", wrong: "неверно", quizRight: "Верно!", quizWrong: "Неверно",
  // Money
  paySum: "Заплатить {sum}", receipt: "Чек", paid: "Оплачено", checkout: "Оплата", total: "Итого", payHint: "Деньги здесь не списываются: это репетиция.", paying: "Оплачиваем…", notPaid: "Оплата не прошла", paidToast: "Оплачено {sum}: {what}",
  // Links, invitations, Mini Apps
  openLinkAsk: "Открыть ссылку?", oddLink: "Эту ссылку здесь не открыть", noChatsOfPeople: "Здесь люди не пишут друг другу", join: "Вступить", askToJoin: "Подать заявку", requestHint: "Кого впустить, решает администратор.", requested: "Заявка на вступление отправлена",
  miniApp: "Мини-приложение", closeApp: "Закрыть приложение", appCloseAsk: "Несохранённое пропадёт.", appMayNotSend: "Данные боту отправляет только приложение, открытое с клавиатуры",
  // What Telegram says
  service: "Служебное сообщение", joined: "{who} теперь в группе", added: "{by} добавляет в группу: {who}", left: "{who} больше не в группе", removed: "{by} удаляет из группы: {who}", renamed: "{by} называет группу «{title}»", newPhoto: "{by} меняет фото группы", noPhoto: "{by} убирает фото группы",
  pinned: "{by} закрепляет сообщение", upgraded: "Группа стала супергруппой", created: "{by} создаёт группу", channelCreated: "Канал создан", topicCreated: "Создана тема «{name}»", topicEdited: "Тема теперь называется «{name}»", topicReopened: "Тема снова открыта", generalHidden: "Общая тема скрыта", generalShown: "Общая тема снова видна",
  paidFor: "Вы заплатили {sum}", refunded: "Вам вернули {sum}", webAppData: "Данные от «{button}» переданы боту", writeAllowed: "Бот может вам писать", usersShared: "Вы передали боту людей", chatShared: "Вы передали боту чат", autoDelete: "Изменён срок хранения сообщений", boosted: "{by} поддерживает группу",
};
