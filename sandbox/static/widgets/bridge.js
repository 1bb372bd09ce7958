// The messages between a Mini App's frame and the client, as Telegram's web clients exchange them:
// JSON texts { eventType, eventData }, the app speaking first. Nothing secret goes to the frame, so it may live anywhere.

const NO_ANSWER = () => undefined;

// `handlers` maps an event's name to what is done; answers go back by `tell`.
export function connect(frame, handlers) {
    function onMessage(event) {
        if (event.source !== frame.contentWindow || typeof event.data !== "string") return;
        let said;
        try {
            said = JSON.parse(event.data);
        } catch {
            return;
        }
        const { eventType, eventData } = said;
        (handlers[eventType] || NO_ANSWER)(
            typeof eventData === "string" ? JSON.parse(eventData || "{}") : eventData || {},
        );
    }

    addEventListener("message", onMessage);
    return {
        tell: (eventType, eventData = {}) =>
            frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*"),
        end: () => removeEventListener("message", onMessage),
    };
}
