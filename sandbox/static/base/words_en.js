// The words of the page in English.

export const en = {
  // The page
  title: "Sandbox", people: "People", screens: "Screens", screenOf: "Screen of {name}", clock: "Clock", settings: "Settings",
  addPerson: "Add a person", firstName: "First name", lastName: "Last name", language: "Language", add: "Add", cancel: "Cancel", close: "Close", ok: "OK",
  hour: "+1 h", day: "+1 day", realTime: "now", moved: "Back to the real time", itIs: "It is {time}", today: "Today",
  pickPerson: "Choose one or more people above to look over their shoulders.", noPeople: "Nobody is here yet. Add a person and let them write to a bot.", tooMany: "Up to four people at once",
  offline: "The sandbox does not answer. Trying again…", theme_auto: "As the system", theme_light: "Light", theme_dark: "Dark", otherLanguage: "На русском", deletedAccount: "Deleted account",
  // Keys
  keys: "Keys", keySend: "send; in a message: what can be done with it", keyLine: "a new line", keyEdit: "in an empty field: change the last message", keyEscape: "do not answer; back to the list",
  keyTab: "to the next part", keyMessages: "between messages, chats, topics", keyCommands: "in an empty field: the bot's commands",
  // Trouble
  faults: "Trouble", faultsOn: "Trouble is on", faultsHint: "What goes wrong between the bots and the sandbox. It lasts until it is switched off.", faultsWhat: "What", faultsHowOften: "How often", percent: "{value} %",
  faultsStruck: { one: "It has struck once so far.", other: "It has struck {count} times so far." },
  fault_none: "Nothing: all is well", fault_busy: "Too many requests: wait 3 s", fault_broken: "Bad gateway", fault_lost: "Done, but the answer is lost", fault_cut: "The connection breaks", fault_slow: "Slow: 3 s each", fault_twice: "Updates come twice and out of order", fault_all: "A bit of everything",
  // The list
  chats: "Chats", bots: "Bots to start", noChats: "No chats yet", openLink: "Open a t.me link", go: "Open", unread: "unread", notStarted: "Not started yet", nothing: "No messages yet", pickChat: "Choose a chat",
  // The head
  back: "Back", more: "More", info: "About the chat", block: "Block the bot", unblock: "Unblock", restart: "Start again", leave: "Leave the group", leaveChannel: "Leave the channel", leaveAsk: "You may need an invitation to come back.", leaveYes: "Leave",
  botLine: "bot · @{name}", blocked: "You blocked this bot", memberCount: { one: "{count} member", other: "{count} members" }, subscribers: { one: "{count} subscriber", other: "{count} subscribers" },
  typing: "typing…", sending: "sending…", sendingPhoto: "sending a photo…", sendingFile: "sending a file…", sendingVideo: "sending a video…", sendingVoice: "sending a voice message…", recordingVoice: "recording a voice message…", recordingVideo: "recording a video…", choosingSticker: "choosing a sticker…",
  members: "Members", waiting: "Waiting to be let in", wantsIn: "asks to join", approve: "Let in", decline: "Decline", links: "Invite links", mainLink: "Main link",
  rank_creator: "owner", rank_administrator: "administrator", rank_member: "member", rank_restricted: "restricted",
  topics: "Topics", allTopics: "All", general: "General", closedMark: "closed",
  // Writing
  write: "Message", send: "Send", attach: "Attach", menu: "Menu", commands: "Commands", keyboard: "The bot's keyboard", start: "Start", replying: "Reply", editing: "Change the message",
  readOnly: "Only administrators write here", notMember: "You are not in this chat", topicClosed: "The topic is closed",
  ownFile: "A file of yours", samplePhoto: "Sample photo", sampleAlbum: "Sample album", sampleVoice: "Sample voice message", sampleNote: "Sample round video", sampleVideo: "Sample video", sampleAudio: "Sample music", sampleDocument: "Sample file", shareContact: "My phone number",
  share: "Share", sharePhone: "Share your phone number?", sharePhoneAsk: "{name} will see the number +7 000 000-00-00.", shareLocation: "Share your place?", shareLocationAsk: "{name} will see where you are.", notHere: "This button works in a phone's app only",
  // Messages
  messages: "Messages", newMessages: "New messages", down: "To the newest", you: "You", edited: "edited", forwarded: "Forwarded from {name}", via: "via @{name}", replyTo: "Reply to {name}: {text}", messageMenu: "What to do with the message",
  reply: "Reply", edit: "Change", delete: "Delete", copy: "Copy", copyText: "Copy the text", copied: "Copied", retract: "Take the vote back", react: "React", reactWith: "React with {emoji}", reactions: "Reactions", reactionOf: { one: "{emoji}: {count} person", other: "{emoji}: {count} people" },
  noAnswer: "The bot did not answer the button", spoiler: "Hidden text, press to read", unfold: "Show more", fold: "Show less",
  photo: "Photo", hiddenPhoto: "Hidden photo, press to see", voice: "Voice message", video: "Video", video_note: "Round video", document: "File", audio: "Music", animation: "Animation", sticker: "Sticker", albumOf: { one: "Album: {count} file", other: "Album: {count} files" },
  contact: "Contact", location: "Place", venue: "Place", poll: "Poll", dice: "Dice", invoice: "Invoice", game: "Game", story: "Story", checklist: "Checklist", paid_media: "Paid media",
  play: "Play", pause: "Pause", position: "Position", save: "save", cannotPlay: "This cannot be played here", previous: "Previous", next: "Next", B: "B", KB: "KB", MB: "MB", GB: "GB",
  // Polls
  pollClosed: "Final results", quiz: "Quiz", quizAnonymous: "Anonymous quiz", pollAnonymous: "Anonymous poll", pollPublic: "Public poll", vote: "Vote", noVotes: "No votes yet",
  votesCount: { one: "{count} vote", other: "{count} votes" }, answersCount: { one: "{count} answer", other: "{count} answers" }, yourChoice: "your choice", right: "right", wrong: "wrong", quizRight: "Right!", quizWrong: "Not right",
  // Money
  paySum: "Pay {sum}", receipt: "Receipt", paid: "Paid", checkout: "Payment", total: "Total", payHint: "No money moves here: it is a rehearsal.", paying: "Paying…", notPaid: "The payment did not go through", paidToast: "Paid {sum}: {what}",
  // Links, invitations, Mini Apps
  openLinkAsk: "Open this link?", oddLink: "This link cannot be opened here", noChatsOfPeople: "People do not write to each other here", join: "Join", askToJoin: "Ask to join", requestHint: "An administrator decides who is let in.", requested: "Your request to join was sent",
  miniApp: "Mini App", closeApp: "Close the app", appCloseAsk: "What you have not saved will be lost.", appMayNotSend: "Only an app opened from the keyboard sends data to the bot",
  // What Telegram says
  service: "Service message", joined: "{who} joined the group", added: "{by} added {who}", left: "{who} left the group", removed: "{by} removed {who}", renamed: "{by} named the group “{title}”", newPhoto: "{by} changed the group's photo", noPhoto: "{by} removed the group's photo",
  pinned: "{by} pinned a message", upgraded: "The group became a supergroup", created: "{by} created the group", channelCreated: "The channel was created", topicCreated: "Topic “{name}” was created", topicEdited: "The topic is now “{name}”", topicReopened: "The topic is open again", generalHidden: "The general topic is hidden", generalShown: "The general topic is shown",
  paidFor: "You paid {sum}", refunded: "{sum} came back to you", webAppData: "Data from “{button}” went to the bot", writeAllowed: "The bot may write to you", usersShared: "You shared people with the bot", chatShared: "You shared a chat with the bot", autoDelete: "The time messages are kept was changed", boosted: "{by} boosted the group",
};
