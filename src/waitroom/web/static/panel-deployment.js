// The page of the whole deployment: sections that belong to no event in particular.

import { copyOf } from "./panel-forms.js";
import { DEPLOYMENT } from "./panel-sections.js";

/** Mounts the sections into `place`. */
export function mountDeployment(place, { can, publicUrl }) {
  const at = { eventId: null, event: null, numbers: null, can, publicUrl };
  const allowed = DEPLOYMENT.filter(({ needs }) => !needs || can(needs));
  const parts = allowed.map(({ template, mount }) => {
    const root = place.appendChild(copyOf(`section-${template}`));
    return mount(root, at) ?? {};
  });
  return {
    show: (visible) => parts.forEach((one) => one.show?.(visible)),
    get dirty() {
      return parts.some((one) => one.dirty);
    },
  };
}
