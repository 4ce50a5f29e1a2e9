// Tells whether an element is in sight, so that what is dear is made only while somebody can see it.

export function inSight(element: Element, tell: (visible: boolean) => void): { destroy: () => void } {
  const observer = new IntersectionObserver((entries) => tell(entries.at(-1)!.isIntersecting));
  observer.observe(element);
  return { destroy: () => observer.disconnect() };
}
