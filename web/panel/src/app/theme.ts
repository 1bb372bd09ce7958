// Colours and sizes of all screens; the shades are those whose contrast axe accepts in both schemes.
import { createTheme, Menu, Modal, Notification } from "@mantine/core";
import i18next from "i18next";

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: 8,
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  components: {
    Menu: Menu.extend({ defaultProps: { hideDetached: false } }), // a page that moves under a long menu must not take it away
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: "presentation" } } } }), // the page has one banner
    Notification: Notification.extend({
      defaultProps: {
        closeButtonProps: {
          get "aria-label"() {
            return i18next.t("close"); // in the language of the moment
          },
        },
      },
    }),
  },
});
