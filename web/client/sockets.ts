// A chunk of its own: no first view needs it. web/whole.ts lets the pages load it beside their own script.
export { io } from "socket.io-client";
