// A second copy of what is not on the server yet, in the browser's storage, so that a killed tab loses nothing: names
// of fields with ratings, answers and texts. It goes as soon as they are saved. Each window writes a page of its own;
// who opens the solution next takes over all of them. localStorage is there at once, also for other windows, but reaches
// the disk only after seconds; IndexedDB does so before it says that it has.

const PREFIX = "stepmark-desk:";
const MOST_DAYS = 30;
const PARTS = ["marks", "contested", "said", "typed"];
const STORE = "pages";

let base = null; // the database, once it is open, where there is one
const adopted = new Set(); // keys of what this window has taken over

// Looks for pages of this solution that only the disk has, and brings them where a journal reads them. Returns whether
// there are any. What was taken over goes from the disk.
export async function foundOnDisk(journal) {
  try {
    base ??= await opened();
    const pages = [...(await allPages())].filter(([key]) => key !== journal.key);
    for (const [key, { at }] of pages) if (adopted.has(key) || isOld(at)) putOnDisk(key, null);
    const left = pages.filter(([key, { at }]) => key.startsWith(journal.lease) && !adopted.has(key) && !isOld(at));
    for (const [key, page] of left) localStorage.setItem(key, JSON.stringify(page));
    return left.length > 0;
  } catch {
    return false; // no database, or no storage beside it: what there is has to do
  }
}

const isOld = (at) => Date.now() - at > MOST_DAYS * 864e5;

function opened() {
  return new Promise((done, fail) => {
    const asked = indexedDB.open("stepmark-desk", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = fail;
  });
}

function allPages() {
  return new Promise((done, fail) => {
    const found = new Map();
    const asked = base.transaction(STORE).objectStore(STORE).openCursor();
    asked.onerror = fail;
    asked.onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return done(found);
      found.set(cursor.key, cursor.value);
      cursor.continue();
    };
  });
}

function putOnDisk(key, page) {
  try {
    const store = base?.transaction(STORE, "readwrite", { durability: "strict" }).objectStore(STORE);
    if (page) store?.put(page, key);
    else store?.delete(key);
  } catch {
    base = null; // it was closed, or taken away
  }
}

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
    for (const key of others) adopted.add(key);
    for (const key of others) remove(key);
  }

  pages() {
    return keys().filter((key) => key.startsWith(this.lease) && key !== this.key);
  }

  // `parts` has the maps as they are now.
  write(version, parts) {
    const full = PARTS.filter((part) => parts[part].size).map((part) => [part, Object.fromEntries(parts[part])]);
    if (!full.length) return remove(this.key);
    const page = { version, ...Object.fromEntries(full), at: Date.now() };
    putOnDisk(this.key, page);
    try {
      localStorage.setItem(this.key, JSON.stringify(page));
    } catch {
      // A full or forbidden storage: the page itself still has them and says "not saved yet".
    }
  }
}

function remove(key) {
  putOnDisk(key, null);
  try {
    localStorage.removeItem(key);
  } catch {
    // No storage: nothing to remove.
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return []; // no storage here: the server's draft stands
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
  for (const key of keys()) if (isOld(pageOf(key)?.at ?? 0)) remove(key);
}
