// The live stream of everything the watched people see. One connection for all of them: a browser opens only six.

import { setOnline } from "./api.js";

const listeners = new Map();
let source = null;
let planned = 0;

// Several people chosen at once are one change of the stream.
function plan() {
    clearTimeout(planned);
    planned = setTimeout(open);
}

function open() {
    source?.close();
    source = null;
    if (!listeners.size) return;
    const people = [...listeners.keys()].map((id) => `person=${id}`).join("&");
    source = new EventSource(`/sandbox/events?${people}`);
    source.onopen = () => {
        setOnline(true);
        for (const { again } of listeners.values()) again();
    };
    source.onerror = () => setOnline(false);
    source.onmessage = (message) => {
        const event = JSON.parse(message.data);
        listeners.get(event.person)?.told(event);
    };
}

// Calls `told` for every event of the person; `again` runs whenever the stream is (re)opened, because events may have
// been missed. Gives the function that ends it.
export function listen(person, told, again) {
    listeners.set(person, { told, again });
    plan();
    return () => {
        listeners.delete(person);
        plan();
    };
}
