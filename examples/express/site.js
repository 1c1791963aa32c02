// A shop with one page behind the waiting room. Settings are environment variables, see README.md.
"use strict";

const express = require("express");
const { waitroomGate } = require("./gate.js");

const { WAITROOM_URL, WAITROOM_EVENT_ID, SITE_URL, PORT = "3000" } = process.env;

const app = express();
app.disable("x-powered-by");

const gate = waitroomGate({
  eventId: WAITROOM_EVENT_ID,
  waitroomUrl: WAITROOM_URL,
  siteUrl: SITE_URL,
});

app.get("/", (req, res) => res.send('<a href="/checkout">To the tickets</a>'));

app.use(["/checkout", "/api"], gate);
app.all("/checkout", (req, res) => {
  res.send(`Number ${req.waitroom.queue_position}, it is your turn. ${req.originalUrl}`);
});
app.get("/api/seats", (req, res) => res.json({ seats: 12, query: req.query }));

const server = app.listen(Number(PORT), "127.0.0.1", () => console.log(`ready on port ${PORT}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
