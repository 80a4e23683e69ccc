// Keeps a copy of all products, and the history of their changes, in a file of lines of JSON.
//
//   npm install
//   EVENTS_URL=nats://outside:PASSWORD@127.0.0.1:8011 node subscriber.mjs
//
// EVENTS_CONSUMER names the place in the stream (ext_example_javascript): one for each program, or they share the
// events. EVENTS_FILE is the file (products.jsonl). docs/events.md explains what this relies on.

import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

const URL_OF_EVENTS = new URL(process.env.EVENTS_URL ?? "nats://127.0.0.1:8011");
const CONSUMER = process.env.EVENTS_CONSUMER ?? "ext_example_javascript";
const FILE = process.env.EVENTS_FILE ?? "products.jsonl";

const STREAM = "CATALOG";
const SUBJECTS = "ecatalog.catalog.nomenklatura.>";
const TYPE = "ecatalog.catalog.nomenklatura.changed.v1";
const DOMAIN = { domain: "events" };
const ASK_MILLISECONDS = 5000;

// One line for each handled event: its id, its sequence, and the rows that it changed. A line is the effect of an
// event and the note that it was had, at once: after a crash it is whole, or it is cut off and the event comes again.
class Journal {
  #handled = new Set();
  #products = new Map(); // id -> { sequence, text }

  constructor(file) {
    const before = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
    const whole = before.subarray(0, before.lastIndexOf("\n") + 1);
    for (const line of whole.toString("utf8").split("\n").filter(Boolean)) this.#remember(JSON.parse(line));
    this.#descriptor = fs.openSync(file, "a");
    fs.ftruncateSync(this.#descriptor, whole.length);
  }

  #descriptor;

  // Give an event its effect; how many products it changed. The second time, it changes none.
  handle(body) {
    const event = JSON.parse(body);
    if (event.type !== TYPE || this.#handled.has(event.id)) return 0; // new types may come at any time
    const sequence = Number(event.sequence);
    const newer = event.data.rows.filter((row) => !(this.#products.get(row.id)?.sequence >= sequence));
    const changed = newer.filter((row) => this.#products.get(row.id)?.text !== JSON.stringify(row));
    const line = { event: event.id, sequence, told: newer.map((row) => row.id), changed };
    fs.writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
    fs.fsyncSync(this.#descriptor);
    this.#remember(line);
    return changed.length;
  }

  // An event that comes late never overwrites a newer one. Of a deleted product the row stays, for the same reason.
  #remember({ event, sequence, told, changed }) {
    this.#handled.add(event);
    for (const id of told) this.#products.set(id, { text: this.#products.get(id)?.text, sequence });
    for (const row of changed) this.#products.get(row.id).text = JSON.stringify(row);
  }
}

// Handle events until the broker or the consumer is gone, which throws.
async function follow(connection, journal) {
  const manager = await jetstreamManager(connection, { ...DOMAIN, checkAPI: false });
  // Making a consumer that exists as it is changes nothing: its place in the stream stays. With one unacknowledged
  // event at a time, they come in order; an event whose reader died comes again after ack_wait (in nanoseconds).
  await manager.consumers.add(STREAM, {
    name: CONSUMER,
    durable_name: CONSUMER,
    filter_subject: SUBJECTS,
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: 5_000_000_000,
    max_ack_pending: 1,
  });
  const consumer = await jetstream(connection, DOMAIN).consumers.get(STREAM, CONSUMER);
  console.log(`following ${STREAM} as ${CONSUMER}`);
  while (true) {
    const message = await consumer.next({ expires: ASK_MILLISECONDS });
    if (message === null) {
      await consumer.info(); // throws when the stream was made anew without our consumer
      continue;
    }
    const changed = journal.handle(message.string());
    message.ack(); // when this is lost, the event comes again and is recognised
    console.log(`event ${message.seq} changed ${changed} products`);
  }
}

const journal = new Journal(FILE);
const connection = await connect({
  servers: URL_OF_EVENTS.host,
  user: decodeURIComponent(URL_OF_EVENTS.username),
  pass: decodeURIComponent(URL_OF_EVENTS.password),
  name: CONSUMER,
  inboxPrefix: "_INBOX_ext",
  waitOnFirstConnect: true,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 1000,
});
while (true) {
  try {
    await follow(connection, journal);
  } catch (error) {
    console.warn(`waiting: ${error.message}`);
    if (connection.isClosed()) throw error;
    await sleep(1000);
  }
}
