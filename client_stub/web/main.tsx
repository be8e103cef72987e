import { mount } from "../../gateway/web/shared/mount.tsx";

mount(<main />);
