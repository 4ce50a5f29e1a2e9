// The path in the address bar as state: links move it without loading the page anew, and the browser's back works.

class AddressBar {
  path = $state(location.pathname);

  constructor() {
    window.addEventListener('popstate', () => (this.path = location.pathname));
  }

  /** Goes to a path of ours. `replace` leaves no step to go back to: for what keys walk through. */
  go(path: string, how: 'push' | 'replace' = 'push'): void {
    if (path === location.pathname) return;
    history[how === 'push' ? 'pushState' : 'replaceState'](null, '', path);
    this.path = path;
  }

  /** For links: a plain click stays in the page, any other (new tab, new window) is the browser's. */
  follow = (event: MouseEvent): void => {
    const link = event.currentTarget;
    if (!(link instanceof HTMLAnchorElement) || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.go(link.pathname);
  };
}

export const addressBar = new AddressBar();
