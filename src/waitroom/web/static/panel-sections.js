// What stands in which tab of an event, and on the deployment's page. What belongs here: the table.
// What must change with it: a section's template (`section-<template>` in templates/panel/).
//
// `mount(root, at)` binds one copy of the template. It is called when its tab is first opened, and
// may return any of
//   update(event)   the event's settings as the server has them now
//   live(numbers)   what the stream says, each second while the event is looked at
//   show(visible)   whether the tab is seen; ask the server for things of your own only while it is
//   dirty           whether something typed has not been sent
// `at` is what panel-event.js makes: see there. `needs`: the scope without which the section is left
// out; a tab that has no section is left out as well.

import { mountAccount } from "./panel-account.js";
import { mountAdvance } from "./panel-advance.js";
import { mountChart } from "./panel-chart.js";
import { mountClients } from "./panel-clients.js";
import { mountConnect } from "./panel-connect.js";
import { mountExpired } from "./panel-expired.js";
import { mountFigures } from "./panel-figures.js";
import { mountInlet } from "./panel-inlet.js";
import { mountKeys } from "./panel-keys.js";
import { mountLog } from "./panel-log.js";
import { mountLook } from "./panel-look.js";
import { mountMessage } from "./panel-message.js";
import { mountReset } from "./panel-reset.js";
import { mountSession } from "./panel-session.js";
import { mountSettings } from "./panel-settings.js";

export const TABS = [
  {
    name: "live",
    label: "Live",
    sections: [
      { template: "figures", mount: mountFigures, area: "top" },
      { template: "advance", mount: mountAdvance, needs: "operate", area: "side" },
      { template: "chart", mount: mountChart },
      { template: "message", mount: mountMessage, needs: "operate" },
      { template: "inlet", mount: mountInlet, area: "side" },
      { template: "session", mount: mountSession, needs: "session" },
    ],
  },
  {
    name: "settings",
    label: "Settings",
    sections: [{ template: "settings", mount: mountSettings }],
  },
  {
    name: "look",
    label: "Look",
    sections: [{ template: "look", mount: mountLook }],
  },
  {
    name: "connect",
    label: "Connect",
    sections: [
      { template: "connect", mount: mountConnect },
      { template: "clients", mount: mountClients, needs: "admin" },
      { template: "account", mount: mountAccount, needs: "admin" },
    ],
  },
  {
    name: "log",
    label: "Log",
    sections: [{ template: "log", mount: mountLog }],
  },
  {
    name: "end",
    label: "End",
    sections: [
      { template: "expired", mount: mountExpired },
      { template: "reset", mount: mountReset, needs: "admin" },
    ],
  },
];

/** Sections of no event in particular (`#deployment`): `at.eventId` and `at.event` are null. */
export const DEPLOYMENT = [
  { template: "keys", mount: mountKeys, needs: "admin" },
  { template: "log", mount: mountLog, needs: "admin" },
];
