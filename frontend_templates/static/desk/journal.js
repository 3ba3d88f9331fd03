// A second copy of what is not on the server yet, in the browser's storage, so that a killed tab loses nothing: names
// of fields with ratings, answers and texts. It goes as soon as they are saved. Each window writes a page of its own;
// who opens the solution next takes over all of them.

const PREFIX = "stepmark-desk:";
const MOST_DAYS = 30;
const PARTS = ["marks", "contested", "said", "typed"];

export class Journal {
  constructor(lease) {
    this.lease = PREFIX + lease;
    this.key = `${this.lease}:${Math.random().toString(36).slice(2)}`;
  }

  // {version, marks, contested, said, typed}: the oldest version that anything in it starts from, and maps by name.
  read() {
    const found = this.pages().map(pageOf).filter((page) => page && Number.isInteger(page.version));
    found.sort((one, other) => one.at - other.at);
    const parts = PARTS.map((part) => [part, new Map(found.flatMap((page) => Object.entries(page[part] ?? {})))]);
    return { version: Math.min(...found.map((page) => page.version)), ...Object.fromEntries(parts) };
  }

  adopt(version, parts) {
    const others = this.pages();
    this.write(version, parts);
    for (const key of others) localStorage.removeItem(key);
  }

  pages() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(this.lease) && key !== this.key);
    } catch {
      return []; // no storage here: the server's draft stands
    }
  }

  // `parts` has the maps as they are now.
  write(version, parts) {
    const full = PARTS.filter((part) => parts[part].size).map((part) => [part, Object.fromEntries(parts[part])]);
    try {
      const page = { version, ...Object.fromEntries(full), at: Date.now() };
      if (full.length) localStorage.setItem(this.key, JSON.stringify(page));
      else localStorage.removeItem(this.key);
    } catch {
      // A full or forbidden storage: the page itself still has them and says "not saved yet".
    }
  }
}

function pageOf(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // something else wrote there
  }
}

// Drops what solutions left behind that nobody opened again.
export function tidy() {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const { at = 0 } = pageOf(key) ?? {};
      if (Date.now() - at > MOST_DAYS * 864e5) localStorage.removeItem(key);
    }
  } catch {
    // No storage: nothing to tidy.
  }
}
