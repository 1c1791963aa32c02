// The service worker behind notifications, where only a worker may show them (calling.js). It keeps
// nothing and answers no requests: a press on a notification brings the waiting room to the front,
// or opens it again if it is gone.

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(toTheRoom(event.notification.data));
});

async function toTheRoom(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const room = pages.find((page) => page.url.split("#")[0] === url);
  await (room ? room.focus() : self.clients.openWindow(url));
}
