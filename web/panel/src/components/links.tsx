// Mantine's links that know the panel's addresses; one that looks like a button is a link still.
import { Anchor, Button, type ButtonProps, NavLink } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";

function LinkLikeButton(props: ButtonProps & Omit<ComponentProps<"a">, keyof ButtonProps>) {
  return <Button component="a" {...props} />;
}

export const AnchorLink = createLink(Anchor<"a">);
export const ButtonLink = createLink(LinkLikeButton);
export const NavigationLink = createLink(NavLink<"a">);
