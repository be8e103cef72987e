import { mount } from "../shared/mount.tsx";

mount(<main />);
